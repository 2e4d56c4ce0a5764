"""Published versions of the marts, and the dashboard pages that show them."""
