"""How fast the library is beside its peers: ratios that were measured in one run."""
