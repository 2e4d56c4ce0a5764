"""The dashboard: Streamlit pages over published marts; pure modules with the logic, thin pages that compose it."""
