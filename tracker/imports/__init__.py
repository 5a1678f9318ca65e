"""What others kept: access logs of web servers, read into the journal."""
