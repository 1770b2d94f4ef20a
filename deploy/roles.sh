#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: the three roles and their database.
# The owner migrates and rebuilds, the application owns nothing, the reader verifies.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set reader="$READER_PASSWORD" <<'SQL'
CREATE ROLE mes_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE mes_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app';
CREATE ROLE mes_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'reader';
CREATE DATABASE mes OWNER mes_owner;
REVOKE ALL ON DATABASE mes FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE mes TO mes_app, mes_reader;
SQL
