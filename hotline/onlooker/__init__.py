"""The onlooker: what the line is doing just now, for whoever holds its simulated phones.

Read from the rows, and never anybody's words; their names are those that a screen of the line's may show. Only where
time is simulated, and so nobody is real, are there numbers in it.
"""

from hotline.onlooker.picture import flows
from hotline.onlooker.state import state

__all__ = ["flows", "state"]
