# webleads-tracker in one image: `docker run -p 8000:8000 -v webleads:/data IMAGE` is a working service.
# The base images may be others of the same kind: a Python of 3.11 or newer with venv, a Node of 20 or newer with npm.
ARG PYTHON_IMAGE=python:3.13-slim
ARG NODE_IMAGE=node:22-slim

# What browsers load: the snippet, the dashboard's style sheet and script.
FROM ${NODE_IMAGE} AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY snippet/package.json snippet/
COPY snippet/npm/package.json snippet/npm/
COPY dashboards/package.json dashboards/
RUN npm ci --silent
COPY snippet snippet
COPY dashboards dashboards
RUN npm run --silent build

# The service in a virtual environment, its packages as locked.
FROM ${PYTHON_IMAGE} AS package
WORKDIR /src
RUN python -m venv /opt/webleads
COPY requirements.lock ./
RUN /opt/webleads/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY tracker tracker
COPY dashboards dashboards
COPY --from=assets /src/tracker/collector/assets tracker/collector/assets
COPY --from=assets /src/dashboards/web/static dashboards/web/static
COPY snippet/wordpress snippet/wordpress
RUN /opt/webleads/bin/python snippet/wordpress/build.py dashboards/web/static/webleads-tracker.zip \
    && /opt/webleads/bin/pybabel --quiet compile --directory dashboards/web/translations \
    && /opt/webleads/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && /opt/webleads/bin/pip install --no-cache-dir --no-deps /wheels/*.whl \
    && /opt/webleads/bin/pip uninstall --quiet --yes pip \
    && find /opt/webleads/lib -type d -name tests -prune -exec rm -r {} +

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin webleads \
    && install --directory --owner=webleads --mode=700 /data
COPY --from=package /opt/webleads /opt/webleads
ENV PATH=/opt/webleads/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WEBLEADS_HOST=0.0.0.0 \
    WEBLEADS_DATA=/data
USER webleads
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Alive, whatever role the container has; /readyz says more of one that has the dashboard.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD python -c "import urllib.request as web; web.urlopen('http://127.0.0.1:${WEBLEADS_PORT:-8000}/healthz', timeout=4)"
ENTRYPOINT ["webleads"]
CMD ["serve"]
