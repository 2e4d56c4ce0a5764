"""Proof: sweeps that are too long for `make test`, each one module with `run(log)`; `docs/proof.md` shows their figures."""
