"""Chart builders: they make Altair charts from data frames and texts, without Streamlit and without queries."""
