"""CloudFormation templates, the driver that deploys them, and in the ``src`` folders the code that they run."""
