"""Long test runs (sweeps) for `make proof`: one module with `run(log)` each; `docs/proof.md` shows the results."""
