<?php

declare(strict_types=1);

namespace Emias\Gateway\Controller;

use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Engine\ActionFilter;
use Bitrix\Main\Engine\Controller;
use Bitrix\Main\Error;
use Bitrix\Main\Event;
use Closure;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Identity\LoginSession;
use Emias\Gateway\Patient\PatientAddition;
use Emias\Gateway\Patient\PatientForm;
use Emias\Gateway\Service\Directory;
use Emias\Gateway\Service\Visitor;

/**
 * What the booking page calls: `emias:gateway.booking.<action>`, by POST, by anybody, with the site's CSRF token.
 *
 * The session is closed before the gateway is asked, so that a slow booking does not hold up the visitor's other tabs.
 */
final class Booking extends Controller
{
    public const EVENT_BOOKED = 'onBooked';
    public const EVENT_CANCELLED = 'onCancelled';
    private const LONGEST_ID = 64;
    private const KEY_FORM = '/^[\w-]{16,100}$/D';
    private const LONGEST_REFERRAL = 64;

    /**
     * @return array<string, mixed>|null
     */
    public function slotsAction(string $doctor, int $days = 30): ?array
    {
        return $this->told(fn (): array => $this->directory()->slots($this->id($doctor), $days));
    }

    /**
     * @return array<string, mixed>|null
     */
    public function holdAction(string $slot, string $doctor = ''): ?array
    {
        return $this->told(fn (): array => $this->timed($this->client()->hold($this->id($slot), $this->id($doctor))));
    }

    /**
     * @return array<string, mixed>|null
     */
    public function renewAction(string $hold): ?array
    {
        return $this->told(fn (): array => $this->timed($this->client()->renew($this->id($hold))));
    }

    /**
     * @return array<string, mixed>|null
     */
    public function releaseAction(string $hold): ?array
    {
        return $this->told(function () use ($hold): array {
            $this->client()->release($this->id($hold));

            return [];
        });
    }

    /**
     * Sends the form; asked again with the same key and the same fields, it tells how that submission stands.
     *
     * With a `subject` the patient is the one who has logged in, or a child of theirs, and `patient` holds only what
     * Gosuslugi do not have.
     *
     * @param array<string, mixed> $patient
     * @return array<string, mixed>|null
     */
    public function bookAction(
        string $hold,
        string $key,
        array $patient = [],
        string $referral = '',
        string $subject = '',
    ): ?array {
        $who = $subject === '' ? [] : $this->loggedIn($subject);
        $this->login()->close();
        $form = $who === [] ? new PatientForm($patient) : new PatientAddition($patient);
        if ($subject !== '' && $who === []) {
            $this->addError(new Error('', 'ticket_expired'));

            return null;
        }
        if (!preg_match(self::KEY_FORM, $key)) {
            $this->addError(new Error('', 'bad_request'));

            return null;
        }
        if ($form->errors() !== []) {
            $this->addError(Told::wrongFields($form->errors()));

            return null;
        }
        $body = ['hold_id' => $this->id($hold)] + $who + array_filter(['patient' => $form->patient()]);
        if (trim($referral) !== '') {
            $body['referral'] = mb_substr(trim($referral), 0, self::LONGEST_REFERRAL);
        }

        return $this->told(function () use ($body, $key): array {
            $booking = $this->client()->book($body, $key);
            $this->announce(self::EVENT_BOOKED, 'booked', $booking);

            return $this->withPass($booking);
        });
    }

    /**
     * @return array<string, mixed>|null
     */
    public function statusAction(string $booking, string $pass): ?array
    {
        return $this->owned($booking, $pass, fn (string $id): array => $this->client()->booking($id));
    }

    /**
     * @return array<string, mixed>|null
     */
    public function findAction(string $ticket, string $birthDate): ?array
    {
        return $this->told(fn (): array => $this->withPass($this->client()->lookUp(
            mb_substr(trim($ticket), 0, 100),
            mb_substr(trim($birthDate), 0, 10),
        )));
    }

    /**
     * @return array<string, mixed>|null
     */
    public function cancelAction(string $booking, string $pass, string $key): ?array
    {
        if (!preg_match(self::KEY_FORM, $key)) {
            $this->addError(new Error('', 'bad_request'));

            return null;
        }

        return $this->owned($booking, $pass, function (string $id) use ($key): array {
            $cancelled = $this->client()->cancel($id, 'patient_request', $key);
            $this->announce(self::EVENT_CANCELLED, 'cancelled', $cancelled);

            return $cancelled;
        });
    }

    /**
     * @return array<string, array<string, list<class-string>>>
     */
    public function configureActions(): array
    {
        return ['book' => ['-prefilters' => [ActionFilter\CloseSession::class]]];
    }

    /**
     * @return list<ActionFilter\Base>
     */
    protected function getDefaultPreFilters(): array
    {
        return [
            new ActionFilter\HttpMethod([ActionFilter\HttpMethod::METHOD_POST]),
            new ActionFilter\Csrf(),
            new ActionFilter\CloseSession(),
        ];
    }

    /**
     * @param Closure(): array<string, mixed> $ask
     * @return array<string, mixed>|null
     */
    private function told(Closure $ask): ?array
    {
        try {
            return $ask();
        } catch (GatewayException $refusal) {
            $this->addError(Told::error($refusal));

            return null;
        }
    }

    /**
     * @return array<string, string> who is booked by the session's ticket; empty when the login is over
     */
    private function loggedIn(string $subject): array
    {
        $ticket = $this->login()->ticket();

        return $ticket === '' ? [] : [
            'identity_ticket' => $ticket,
            'session_ref' => $this->login()->reference(),
            'subject' => $this->id($subject),
        ];
    }

    /**
     * @param Closure(string): array<string, mixed> $ask
     * @return array<string, mixed>|null
     */
    private function owned(string $booking, string $pass, Closure $ask): ?array
    {
        if (!$this->visitor()->owns($booking, $pass)) {
            $this->addError(new Error('', 'booking_not_found'));

            return null;
        }

        return $this->told(fn (): array => $this->withPass($ask($this->id($booking))));
    }

    /**
     * @param array<string, mixed> $booking
     * @return array<string, mixed>
     */
    private function withPass(array $booking): array
    {
        return $booking + ['pass' => $this->visitor()->pass((string) ($booking['id'] ?? ''))];
    }

    /**
     * Adds this server's time, by which the page counts down: a visitor's clock may be wrong.
     *
     * @param array<string, mixed> $hold
     * @return array<string, mixed>
     */
    private function timed(array $hold): array
    {
        $seconds = strtotime((string) ($hold['expires_at'] ?? '')) - time();

        return $hold + ['seconds_left' => max(0, $seconds)];
    }

    /**
     * Lets the site's own handlers know; the patient is not told.
     *
     * @param array<string, mixed> $booking
     */
    private function announce(string $event, string $state, array $booking): void
    {
        if (($booking['state'] ?? '') === $state) {
            $known = array_intersect_key($booking, array_flip(['id', 'state', 'slot', 'doctor']));
            (new Event(Settings::MODULE, $event, ['booking' => $known]))->send();
        }
    }

    private function id(string $given): string
    {
        return substr(trim($given), 0, self::LONGEST_ID);
    }

    private function client(): GatewayClient
    {
        return $this->service('client')->onBehalfOf($this->visitor()->reference());
    }

    private function directory(): Directory
    {
        return $this->service('directory');
    }

    private function login(): LoginSession
    {
        return $this->service('identity.session');
    }

    private function visitor(): Visitor
    {
        return $this->service('visitor');
    }

    private function service(string $name): mixed
    {
        return ServiceLocator::getInstance()->get(Settings::MODULE . '.' . $name);
    }
}
