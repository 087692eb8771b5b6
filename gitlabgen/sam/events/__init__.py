"""Events: what calls a function or starts a state machine."""
