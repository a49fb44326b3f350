"""Lists of people: CSV, LDIF and SCIM."""
