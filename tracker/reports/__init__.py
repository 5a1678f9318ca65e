"""Functions from (site, period, filters) to pandas DataFrames; every view renders these and queries nothing itself."""
