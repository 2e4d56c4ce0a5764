"""What every run imports, loaded once by the process that runs are forked from; it opens no connection."""

from aero_assets.definitions import defs

defs()
