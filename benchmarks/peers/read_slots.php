<?php

declare(strict_types=1);

/* A doctor's free slots as the plain site reads them: one query over a persistent connection at each request. */

$database = new PDO(getenv('PEER_DSN'), null, null, [
    PDO::ATTR_PERSISTENT => true,
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
]);
$slots = $database->prepare(
    'SELECT s.id, s.starts_at, s.ends_at, s.room
     FROM slots_for_sale s JOIN bookable_mappings b ON b.emias_doctor = s.doctor_id
     WHERE b.site_id = ? AND b.element_id = ? AND s.slot_date BETWEEN ? AND ? ORDER BY s.starts_at'
);
$slots->execute(array_slice(explode('/', $_SERVER['REQUEST_URI']), 1));

header('Content-Type: application/json');
echo json_encode($slots->fetchAll(PDO::FETCH_ASSOC), JSON_UNESCAPED_UNICODE);
