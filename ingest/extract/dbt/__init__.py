"""dbt's artefacts: manifest, catalogue and run results."""
