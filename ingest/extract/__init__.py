"""Sources of metadata, one file a family of formats; reading is kept apart from pure parsing."""
