"""The dashboard: Streamlit pages over published marts. The logic is in modules without Streamlit; pages are thin."""
