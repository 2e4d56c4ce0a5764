"""Integrity checks of stored objects, and their repair.

Each zone has a module that finds damaged objects. `damage` defines a damage and the ways to restore a good version.
`run` checks one zone after the other. Files that exist only on a laptop are checked by `aero_local.state_files`.
"""
