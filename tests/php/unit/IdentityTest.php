<?php

declare(strict_types=1);

namespace Tests;

use Emias\Gateway\Identity\LoginSession;
use Tests\Fakes\FakeTransport;
use Tests\Scenes\IdentityScene;
use Tests\Fakes\VerifiedPerson;

final class IdentityTest extends IdentityScene
{
    public function testALoginIsOfferedWhenTheGatewaySaysSo(): void
    {
        $this->transport->json(200, ['provider' => 'esia', 'enabled' => true]);
        self::assertSame(['enabled' => true, 'person' => null, 'notice' => null], $this->act('state'));
        self::assertSame(true, $this->act('state')['enabled']);
        self::assertCount(1, $this->transport->requests, 'the gateway is asked once in five minutes');
    }

    /**
     * @dataProvider gatewaysWithoutLogin
     */
    public function testOtherwiseTheFormIsFilledInByHand(callable $answer): void
    {
        $answer($this->transport);
        self::assertFalse($this->act('state')['enabled']);
    }

    public static function gatewaysWithoutLogin(): array
    {
        return [
            'off' => [static fn (FakeTransport $to) => $to->json(200, ['provider' => 'off', 'enabled' => false])],
            'a key without the scope' => [static fn (FakeTransport $to) => $to->problem('scope_missing', 403)],
            'an older gateway' => [static fn (FakeTransport $to) => $to->problem('not_found', 404)],
            'a silent gateway' => [static fn (FakeTransport $to) => $to->fails('timed out', false, 2)],
        ];
    }

    public function testTheLoginIsBoundToTheSessionByAnHmac(): void
    {
        $this->transport->json(201, self::BEGUN);
        self::assertSame(['url' => self::BEGUN['authorize_url']], $this->act('start', ['returnPath' => '/zapis/?x=1']));
        $sent = json_decode($this->transport->last()->body, true);
        self::assertMatchesRegularExpression('/^[0-9a-f]{64}$/', $sent['session_ref']);
        self::assertSame('/zapis/?x=1', $sent['return_path']);
        self::assertStringNotContainsString($sent['session_ref'], (string) json_encode($this->session->values));
        $this->session->values = [];
        $this->transport->json(201, self::BEGUN);
        $this->act('start', ['returnPath' => '/']);
        self::assertNotSame($sent['session_ref'], json_decode($this->transport->last()->body, true)['session_ref']);
    }

    /**
     * @dataProvider addressesElsewhere
     */
    public function testNobodyIsSentToAnotherSite(string $address): void
    {
        $this->transport->json(201, self::BEGUN)->json(200, VerifiedPerson::told() + ['return_path' => $address]);
        $this->act('start', ['returnPath' => $address]);
        self::assertSame('/', json_decode($this->transport->last()->body, true)['return_path']);
        self::assertSame('/?emias_login=1', $this->finish(['code' => 'c', 'state' => self::STATE]));
    }

    public static function addressesElsewhere(): array
    {
        return array_map(static fn (string $one): array => [$one], [
            'https://evil.test/', '//evil.test/', '/\\evil.test/', "/a\r\nX: y", 'javascript:alert(1)', '',
            '/' . str_repeat('a', 600),
        ]);
    }

    public function testAnAddressThatIsNoneIsNotFollowed(): void
    {
        $this->transport->json(201, ['authorize_url' => 'javascript:alert(1)?state=x'] + self::BEGUN);
        self::assertSame('identity_unavailable', $this->refusal('start', ['returnPath' => '/']));
    }

    public function testTheReturningVisitorIsShownMasksAndTheTicketStaysInTheSession(): void
    {
        self::assertSame('/zapis/?doctor=57&emias_login=1', $this->logIn());
        $told = $this->act('state');
        self::assertSame('Иван И.', $told['person']['display']);
        self::assertSame('***-***-*** 95', $told['person']['snils_mask']);
        self::assertCount(2, $told['person']['subjects']);
        self::assertStringNotContainsString('TICKET', (string) json_encode($told));
        self::assertSame(1, $this->session->saved);
    }

    public function testACodeIsRelayedOnce(): void
    {
        $this->logIn();
        $sent = json_decode($this->transport->last()->body, true);
        self::assertSame(['code', 'state', 'session_ref'], array_keys($sent));
        self::assertStringEndsWith('/v1/identity/logins/login-1/complete', $this->transport->last()->url);
        $asked = count($this->transport->requests);
        self::assertSame('/zapis/?doctor=57&emias_login=1', $this->finish(['code' => 'c', 'state' => self::STATE]));
        self::assertCount($asked, $this->transport->requests);
        self::assertSame(['code' => 'login_expired', 'reason' => ''], $this->act('state')['notice']);
    }

    public function testAStrangersStateIsNotRelayed(): void
    {
        $this->transport->json(201, self::BEGUN);
        $this->act('start', ['returnPath' => '/']);
        foreach ([['code' => 'c', 'state' => 'guessed'], ['code' => 'c'], ['code' => ['x'], 'state' => ['y']], []] as $query) {
            self::assertSame('/?emias_login=1', $this->finish($query));
        }
        self::assertCount(1, $this->transport->requests);
    }

    public function testARefusalAtGosuslugiIsToldOnce(): void
    {
        $this->transport->json(201, self::BEGUN)->json(200, ['reason' => 'person_refused', 'return_path' => '/zapis/']);
        $this->act('start', ['returnPath' => '/zapis/']);
        $query = ['error' => 'access_denied', 'error_description' => 'ESIA-007004: …', 'state' => self::STATE];
        self::assertSame('/zapis/?emias_login=1', $this->finish($query));
        self::assertStringEndsWith('/v1/identity/logins/login-1/fail', $this->transport->last()->url);
        $this->transport->json(200, ['enabled' => true]);
        self::assertSame(['code' => 'login_refused', 'reason' => 'person_refused'], $this->act('state')['notice']);
        self::assertNull($this->act('state')['notice']);
    }

    public function testWhatIsNoTextIsRelayedAsFarAsItIs(): void
    {
        $this->transport->json(201, self::BEGUN)->json(200, ['reason' => 'other', 'return_path' => '/zapis/']);
        $this->act('start', ['returnPath' => '/zapis/']);
        $query = ['error' => 'access_denied', 'error_description' => "ESIA-007004:\xCE\r\n!", 'state' => self::STATE];
        self::assertSame('/zapis/?emias_login=1', $this->finish($query));
        $sent = json_decode($this->transport->last()->body, true);
        self::assertSame('ESIA-007004:? !', $sent['error_description']);
    }

    public function testAMistakeOfTheSystemIsNoRefusalOfTheVisitor(): void
    {
        $this->transport->json(201, self::BEGUN)->json(200, ['reason' => 'clock', 'return_path' => '/zapis/']);
        $this->act('start', ['returnPath' => '/zapis/']);
        $this->finish(['error' => str_repeat('e', 999), 'state' => self::STATE]);
        self::assertSame(200, strlen(json_decode($this->transport->last()->body, true)['error']));
        $this->transport->json(200, ['enabled' => true]);
        self::assertSame(['code' => 'login_failed', 'reason' => 'clock'], $this->act('state')['notice']);
    }

    public function testALoginThatFailsLeadsBackAllTheSame(): void
    {
        $this->transport->json(201, self::BEGUN)->problem('login_failed', 502, ['reason' => 'clock']);
        $this->act('start', ['returnPath' => '/zapis/']);
        self::assertSame('/zapis/?emias_login=1', $this->finish(['code' => 'c', 'state' => self::STATE]));
        $told = $this->act('state');
        self::assertSame([null, ['code' => 'login_failed', 'reason' => 'clock']], [$told['person'], $told['notice']]);
    }

    public function testLoggingOutRevokesTheTicket(): void
    {
        $this->logIn();
        $this->transport->raw(204, '');
        self::assertSame(['logout_url' => 'https://esia.test/idp/ext/Logout'], $this->act('leave'));
        $revoked = $this->transport->last();
        self::assertSame(['DELETE', 'https://gw.test/v1/identity/tickets/TICKET'], [$revoked->method, $revoked->url]);
        self::assertStringNotContainsString('TICKET', (string) json_encode($this->session->values));
    }

    public function testASilentGatewayDoesNotKeepAnybodyLoggedIn(): void
    {
        $this->logIn();
        $this->transport->fails('timed out', false);
        self::assertSame(['logout_url' => 'https://esia.test/idp/ext/Logout'], $this->act('leave'));
        self::assertStringNotContainsString('TICKET', (string) json_encode($this->session->values));
    }

    public function testOnlyTheLastFewLoginsUnderWayAreKept(): void
    {
        $kept = new LoginSession($this->session, 'secret', time(...));
        foreach (range(1, 7) as $number) {
            $kept->begin("state-$number", "login-$number", '/');
        }
        self::assertNull($kept->take('state-2'));
        self::assertSame('login-3', $kept->take('state-3')['id']);
        self::assertNull($kept->take('state-3'));
    }
}
