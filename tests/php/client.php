<?php

/**
 * Books and cancels at a real gateway with the module's client and curl; tells each step as a line of JSON.
 *
 *     php client.php <address> < {key, patient, changed: the id of an edited element}
 */

declare(strict_types=1);

use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\CurlTransport;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Outbox\Drain;
use Emias\Gateway\Outbox\OutboxTable;
use Tests\Fakes\MemoryShelf;

require __DIR__ . '/bootstrap.php';

$given = json_decode((string) stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR);
$breaker = new CircuitBreaker(new MemoryShelf(), time(...));
$client = new GatewayClient(new CurlTransport(), $breaker, $argv[1], $given['key'], 'en', 'visitor-of-the-php-client');

$tell = static function (string $step, Closure $ask): array {
    try {
        $told = ['answer' => $ask()];
    } catch (GatewayException $refusal) {
        $told = ['refusal' => (new ReflectionClass($refusal))->getShortName(), 'code' => $refusal->problemCode];
    }
    echo json_encode(['step' => $step] + $told, JSON_UNESCAPED_UNICODE), PHP_EOL;

    return (array) ($told['answer'] ?? []);
};

$specialties = $tell('specialties', static fn (): array => $client->specialties());
$specialty = (string) end($specialties)['id'];
$doctors = $tell('doctors', static fn (): array => $client->doctors($specialty));
$doctor = (string) array_values(array_filter($doctors, static fn (array $one): bool => (bool) $one['next_free']))[0]['id'];
$slots = $tell('slots', static fn (): array => $client->slots($doctor));
$slot = (string) end($slots['days'][9]['slots'])['id'];
$hold = $tell('hold', static fn (): array => $client->hold($slot, $doctor));
$tell('hold_of_another', static fn (): array => $client->onBehalfOf('somebody-else')->hold($slot, $doctor));
$tell('renew', static fn (): array => $client->renew((string) $hold['id']));
$body = ['hold_id' => $hold['id'], 'patient' => $given['patient']];
$wrong = $body;
$wrong['patient']['snils'] = '112-233-445 96';
$tell('wrong_snils', static fn (): array => $client->book($wrong, 'php-client-wrong-' . $hold['id']));
$key = 'php-client-' . $hold['id'];
$booking = $tell('book', static fn (): array => $client->book($body, $key));
$tell('book_again', static fn (): array => $client->book($body, $key));
$tell('status', static fn (): array => $client->booking((string) $booking['id']));
$tell('look_up', static fn (): array => $client->lookUp((string) $booking['ticket'], $given['patient']['birth_date']));
$tell('cancel', static fn (): array => $client->cancel((string) $booking['id'], 'patient_request', 'c-' . $key));
$tell('push', static function () use ($client, $given): array {
    OutboxTable::note((int) $given['changed'], OutboxTable::UPSERT);
    $drain = new Drain($client, time(...), static fn (string $line) => null);

    return ['taken' => $drain->run(), 'left' => Drain::depth()['rows']];
});
$tell('not_there', static fn (): array => $client->booking('00000000-0000-0000-0000-000000000000'));
$tell('wrong_key', static fn (): array => (new GatewayClient(
    new CurlTransport(),
    $breaker,
    $argv[1],
    'egw_none_none',
    'en',
))->specialties());
