"""The metadata service: owns the graph and answers Amundsen's REST routes over it."""
