# A small image: Debian's Python, the hash-locked packages, this clone; no compiler, no pip, no root.
#
#   docker build -t capacita .
#   docker run --read-only --tmpfs /tmp -v capacita:/data -p 127.0.0.1:8000:8000 capacita
#
# Everything that changes lives in the volume /data. DATABASE_URL, CAPACITA_PUBLIC_URL and the other
# settings of docs/settings.md are given with -e. To print names in Chinese letters on certificates,
# build with --build-arg FONTS=fonts-noto-cjk.

ARG BASE=debian:bookworm-slim

FROM ${BASE} AS packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils ca-certificates python3 python3-venv
COPY requirements.lock /
RUN python3 -m venv /opt/capacita \
 && /opt/capacita/bin/python -m pip install --no-cache-dir --no-compile --require-hashes \
      --disable-pip-version-check --quiet --requirement /requirements.lock \
 && /opt/capacita/bin/python -m pip uninstall --yes --quiet setuptools pip \
 && find /opt/capacita -name '*.so' -not -path '*.libs/*' -exec strip --strip-unneeded {} +

FROM ${BASE}
ARG FONTS=
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 tzdata ${FONTS} \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin capacita \
 && install --directory --mode=0700 --owner=capacita /data
COPY --from=packages /opt/capacita /opt/capacita
COPY LICENSE pyproject.toml /srv/capacita/
COPY migrations /srv/capacita/migrations
COPY static /srv/capacita/static
COPY courses /srv/capacita/courses
COPY app /srv/capacita/app
RUN /opt/capacita/bin/python -m compileall -q -j 0 /opt/capacita/lib /srv/capacita/app

ENV PATH=/opt/capacita/bin:/usr/bin:/bin \
    PYTHONPATH=/srv/capacita \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CAPACITA_STORAGE=/data \
    CAPACITA_HOST=0.0.0.0 \
    DATABASE_URL=sqlite:////data/capacita.sqlite3
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:%s/health/ready' % os.environ.get('CAPACITA_PORT', '8000'), timeout=5)"]
ENTRYPOINT ["python", "-P", "-m", "app"]
CMD ["serve", "--prepare"]
