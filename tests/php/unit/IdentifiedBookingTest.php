<?php

declare(strict_types=1);

namespace Tests;

use Tests\Scenes\IdentityScene;

final class IdentifiedBookingTest extends IdentityScene
{
    public function testABookingCarriesTheTicketAndNoNumbers(): void
    {
        $this->logIn();
        $this->transport->json(201, self::BOOKED)->json(201, self::BOOKED);
        [$data] = $this->book(['subject' => 'child-1', 'referral' => 'Н-1', 'patient' => ['last_name' => 'Чужой']]);
        self::assertSame('booked', $data['state']);
        $body = json_decode($this->transport->last()->body, true);
        $sent = array_diff_key($body, ['session_ref' => 0]);
        self::assertSame(
            ['hold_id' => 'h', 'identity_ticket' => 'TICKET', 'subject' => 'child-1', 'referral' => 'Н-1'],
            $sent,
        );
        $this->book(['subject' => 'self', 'patient' => ['oms_number' => '7756410885000127']]);
        $again = json_decode($this->transport->last()->body, true);
        self::assertSame(['oms' => ['number' => '7756410885000127']], $again['patient']);
        self::assertSame($body['session_ref'], $again['session_ref']);
        self::assertSame(2, $this->session->saved, 'the session is closed before the gateway is asked');
    }

    public function testWhatIsTypedBesideIsChecked(): void
    {
        $this->logIn();
        $asked = count($this->transport->requests);
        [, $error] = $this->book(['subject' => 'self', 'patient' => ['oms_number' => '7756410885000128']]);
        self::assertSame('patient.oms.number', $error->getCustomData()['errors'][0]['field']);
        [, $error] = $this->book(['subject' => 'self', 'patient' => ['snils' => '112-233-445 96']]);
        self::assertSame('snils_checksum', $error->getCustomData()['errors'][0]['code']);
        self::assertCount($asked, $this->transport->requests);
    }

    public function testWithoutALoginNobodyIsBookedByOne(): void
    {
        [, $error] = $this->book(['subject' => 'self']);
        self::assertSame('ticket_expired', $error->getCode());
        $this->logIn(['expires_at' => date('c', time() - 1)]);
        $this->transport->problem('ticket_expired', 410);
        [, $error] = $this->book(['subject' => 'self']);
        self::assertSame('ticket_expired', $error->getCode());
        self::assertNull($this->act('state')['person']);
    }

    public function testABookingUnderWayIsAskedForAfterTheTicketsTime(): void
    {
        $this->logIn(['expires_at' => date('c', time() - 1)]);
        $this->transport->json(201, self::BOOKED);
        [$data] = $this->book(['subject' => 'self']);
        self::assertSame('booked', $data['state']);
        self::assertSame('TICKET', json_decode($this->transport->last()->body, true)['identity_ticket']);
    }

    public function testASpentTicketIsForgotten(): void
    {
        $this->logIn();
        $asked = count($this->transport->requests);
        $this->act('forget');
        self::assertCount($asked, $this->transport->requests);
        [, $error] = $this->book(['subject' => 'self']);
        self::assertSame('ticket_expired', $error->getCode());
    }
}
