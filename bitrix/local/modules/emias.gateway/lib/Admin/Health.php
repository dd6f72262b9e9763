<?php

declare(strict_types=1);

namespace Emias\Gateway\Admin;

use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Outbox\Drain;

/** How the connection stands, for the settings page. */
final class Health
{
    public function __construct(private readonly GatewayClient $client)
    {
    }

    /**
     * @return array<string, string> by the ending of the message that names the line
     */
    public function lines(): array
    {
        return $this->gateway() + $this->outbox();
    }

    /**
     * @return array<string, string>
     */
    private function gateway(): array
    {
        try {
            $status = $this->client->status();
        } catch (GatewayException $refusal) {
            return ['GATEWAY' => trim($refusal->problemCode . ' ' . $refusal->reason)];
        }
        $now = strtotime((string) ($status['clock']['now'] ?? '')) ?: time();

        return [
            'GATEWAY' => (string) ($status['status'] ?? '?'),
            'EMIAS' => (string) ($status['emias'] ?? '?'),
            'DOCTORS' => (string) ($status['sync']['doctors'] ?? '?'),
            'LAGGING' => (string) ($status['sync']['lagging'] ?? '?'),
            'OLDEST' => (string) ($status['sync']['oldest_as_of'] ?? '—'),
            'CLOCK' => sprintf('%+d', time() - $now),
        ];
    }

    /**
     * @return array<string, string>
     */
    private function outbox(): array
    {
        $depth = Drain::depth();

        return [
            'OUTBOX' => (string) $depth['rows'],
            'OUTBOX_OLDEST' => $depth['oldest'] === 0 ? '—' : date('c', $depth['oldest']),
        ];
    }
}
