"""Ingestion: what runs in Lambda on the standard library and boto3, nothing else."""
