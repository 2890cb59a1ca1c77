<?php
// PEAR's Net_SMTP, one connection: HOST PORT COUNT; prints how many messages a second.
error_reporting(E_ALL & ~E_DEPRECATED);
require 'Net/SMTP.php';

[, $host, $port, $count] = $argv;
$message = "From: a@b.example\r\nSubject: load\r\n\r\n" . str_repeat(str_repeat('X', 78) . "\r\n", 12);
$smtp = new Net_SMTP($host, (int) $port, 'b.example');
PEAR::isError($smtp->connect()) and die("no connection\n");
$begun = microtime(true);
for ($i = 0; $i < $count; $i++) {
    foreach ([$smtp->mailFrom('a@b.example'), $smtp->rcptTo('NACCS@MAIL.PROD.NACCS6'), $smtp->data($message)] as $result) {
        PEAR::isError($result) and die('refused: ' . $result->getMessage() . "\n");
    }
}
$took = microtime(true) - $begun;
$smtp->disconnect();
printf("%.1f\n", $count / $took);
