"""The dashboard: its pure modules, and its pages through Streamlit's AppTest over published test data."""
