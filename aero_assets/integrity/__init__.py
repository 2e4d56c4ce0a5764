"""Every object that the platform keeps, compared with what it should be; and the way back of each that is not.

A module per zone finds what is damaged; `damage` says what a damage is and how a good version comes back; `run` goes
through the zones. Files of this machine that only a laptop has are checked by `aero_local.state_files`.
"""
