"""Time: what runs when nobody is asking."""
