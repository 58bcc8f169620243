#!/usr/bin/env bash
# Brings the jars of a real HDFS: tests/hadoop_jars.sh PYTHON FOLDER
# They lie in the source package of an old pyspark, whose set-up script asks for an old pypandoc.
set -euo pipefail
python=$1 folder=$2
command -v java >/dev/null || { echo "HDFS needs Java (17 is known to do)." >&2; exit 1; }
part=$folder.part
rm -rf "$part"
mkdir -p "$part"
"$python" -m venv "$part/venv"
"$part/venv/bin/pip" install --quiet 'pypandoc==1.5' 'setuptools<70' wheel
"$part/venv/bin/pip" download --quiet --no-deps --no-binary :all: --no-build-isolation \
  --dest "$part" pyspark==2.4.8
mkdir "$part/jars"
tar -xzf "$part"/pyspark-2.4.8.tar.gz -C "$part/jars" --strip-components=3 \
  --wildcards 'pyspark-2.4.8/deps/jars/*.jar'
rm -rf "$folder"
mv "$part/jars" "$folder"
rm -rf "$part"
