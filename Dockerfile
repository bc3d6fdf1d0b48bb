FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin genkan && cp target/release/genkan /genkan

FROM debian:trixie-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin genkan \
    && install -d -m 700 -o genkan -g genkan /data
COPY --from=build /genkan /usr/local/bin/genkan
USER genkan
# Genkan's defaults are data/genkan.db and data/master.key.
WORKDIR /
VOLUME /data
# For others than the container itself, which needs an issuer that begins with https://.
ENV GENKAN_SERVER__LISTEN=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/genkan"]
