<?php

declare(strict_types=1);

/*
 * One pass of the plain agent: each doctor after the other, every slot by its own statement, one transaction a doctor.
 * Arguments: EMIAS address, WSDL, first day, last day, comma-separated EMIAS doctor ids. Environment: PEER_DSN (PDO).
 * Prints {"seconds": …, "slots": …}; the start of PHP itself is not counted.
 */

[, $address, $wsdl, $first, $last, $doctors] = $argv;

$begun = hrtime(true);
$emias = new SoapClient($wsdl, [
    'location' => $address,
    'soap_version' => SOAP_1_2,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'cache_wsdl' => WSDL_CACHE_NONE,
    'keep_alive' => true,
]);
$database = new PDO(getenv('PEER_DSN'), null, null, [
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::ATTR_EMULATE_PREPARES => false,
]);
$upsert = $database->prepare(
    'INSERT INTO peer_slots (doctor_id, slot_date, slot_time, emias_slot_id, is_free) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (doctor_id, slot_date, slot_time)
     DO UPDATE SET emias_slot_id = excluded.emias_slot_id, is_free = excluded.is_free'
);

$count = 0;
foreach (explode(',', $doctors) as $doctor) {
    $reply = $emias->GetSchedule(['lpuCode' => '0101', 'doctorId' => $doctor, 'dateFrom' => $first, 'dateTo' => $last]);
    $database->beginTransaction();
    foreach ($reply->GetScheduleResult->Slots->ScheduleSlot as $slot) {
        $start = new DateTimeImmutable($slot->StartTime);
        $upsert->execute([
            $doctor, $start->format('Y-m-d'), $start->format('H:i:s'), $slot->SlotId, $slot->IsFree ? 't' : 'f',
        ]);
        $count++;
    }
    $database->commit();
}

echo json_encode(['seconds' => (hrtime(true) - $begun) / 1e9, 'slots' => $count]), "\n";
