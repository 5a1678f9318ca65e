"""The app database: sites, users, companies, lead workflow, schedules and salts behind SQLAlchemy's ORM."""
