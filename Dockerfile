# wirecopy as a command, with the extras for web pages, agency formats, Excel and Word files, stores in buckets and the
# report:
#
#   docker build -t wirecopy .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD:/data" wirecopy detect dump.csv --out run
#
# The loops are compiled while the image is built, for every processor of its kind; --build-arg CPU=x86-64-v3
# --build-arg FEATURES=+avx2,+fma makes them a little faster on machines that all have these.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt LICENSE ./
COPY docs/wirecopy.1 docs/
COPY samples samples
COPY dedup dedup
COPY jobs jobs
RUN python -m venv /opt/wirecopy \
    && /opt/wirecopy/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --constraint constraints.txt '.[web,agency,cloud,office,report]'

FROM python:3.11-slim
ARG CPU=generic
ARG FEATURES=
ENV PATH=/opt/wirecopy/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/opt/wirecopy/compiled \
    NUMBA_CPU_NAME=$CPU \
    NUMBA_CPU_FEATURES=$FEATURES
COPY --from=build /opt/wirecopy /opt/wirecopy
RUN mkdir /opt/wirecopy/compiled \
    && wirecopy compile \
    && useradd --system --uid 10001 --home-dir /data --no-create-home wirecopy \
    && mkdir /data \
    && chown wirecopy: /data
USER 10001
WORKDIR /data
HEALTHCHECK NONE
ENTRYPOINT ["wirecopy"]
CMD ["--help"]
