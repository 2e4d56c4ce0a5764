"""The bare address: `app.py` sends it on to the network page, so that every page has an address of its own."""
