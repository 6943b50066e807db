"""The model as JSON: plain data with the keys that programs rely on."""
