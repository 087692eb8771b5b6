"""What every model class is made of: checked arguments, kinds of values, and the user's source line."""
