# The product without its embedded stores: PostgreSQL and Redis or Valkey are given by address.

FROM node:22-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim AS build
WORKDIR /srv/mes
COPY requirements.txt ./
RUN python -m venv /srv/venv && /srv/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=assets /assets/node_modules node_modules
# Collecting needs settings, not secrets: these values reach nothing but this step.
RUN test ! -d locale || /srv/venv/bin/python -m babel.messages.frontend --quiet compile -d locale -D django
RUN MES_ENV=production MES_STATIC=/srv/static MES_DATA=/srv/data MES_ALLOWED_HOSTS=build \
    DATABASE_URL=postgresql://build/build REDIS_URL=redis://build MES_SECRET_KEY=build MES_MASTER_KEY=build \
    /srv/venv/bin/python manage.py collectstatic --no-input \
    && /srv/venv/bin/python -m whitenoise.compress --quiet /srv/static

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /srv/data mes && install -d -o mes -g mes /srv/data /srv/checkpoints /srv/keys
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/mes /srv/mes
WORKDIR /srv/mes
ENV MES_ENV=production MES_STATIC=/srv/static MES_DATA=/srv/data \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER mes
VOLUME /srv/data
EXPOSE 8000
ENTRYPOINT ["/srv/venv/bin/python", "-m", "mes.entrypoint"]
CMD ["web"]
