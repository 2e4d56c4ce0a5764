"""Proof: sweeps that are too long for `make test`. Each is a module with `run(log)`; figures stand in `docs/proof.md`."""
