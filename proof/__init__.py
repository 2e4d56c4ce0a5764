"""Proof: sweeps too long for `make test`, each a module with `run(log)`; `docs/proof.md` shows their figures."""
