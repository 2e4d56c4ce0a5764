"""Marts as others read them: published versions, and who shows them."""
