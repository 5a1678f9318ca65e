"""Files of leads: typed tables as CSV and XLSX, and the columns by which CRMs import companies."""
