"""Chart builders: data frames and words in, Altair charts out; no Streamlit and no query here."""
