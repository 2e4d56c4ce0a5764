"""The stream, which runs by itself: described and watched."""
