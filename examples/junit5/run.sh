#!/bin/sh
# Compiles and runs the tests with Debian's packages: apt-get install default-jdk-headless junit5
set -eu
cd "$(dirname "$0")"
jars=/usr/share/java
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
path=$jars/apiguardian-api.jar:$jars/opentest4j.jar:$jars/picocli.jar:$jars/univocity-parsers.jar
for part in jupiter-api jupiter-engine jupiter-params platform-commons platform-console \
    platform-engine platform-launcher platform-reporting; do
    path=$path:$jars/junit-$part.jar
done
javac -encoding UTF-8 -Xlint:all,-path -Werror -cp "$path" -d "$classes" ./*.java
java -cp "$classes:$path" org.junit.platform.console.ConsoleLauncher --disable-banner \
    --scan-classpath "$classes" --fail-if-no-tests --details=tree
