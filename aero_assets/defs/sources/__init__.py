"""Systems that others own and this platform only watches."""
