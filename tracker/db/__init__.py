"""The app database behind SQLAlchemy's ORM: models, engine, migrations, copies and recovery."""
