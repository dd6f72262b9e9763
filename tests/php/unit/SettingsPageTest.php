<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Main\DI\ServiceLocator;
use Emias\Gateway\Config\Settings;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Tests\Fakes\AdminPage;
use Tests\Fakes\FakeTransport;

final class SettingsPageTest extends TestCase
{
    private const FORM = [
        'gateway_url' => 'https://gateway.clinic.ru/',
        'source' => 'highload',
        'source_id' => '12',
        'field_name' => 'UF_NAME',
        'field_lpu' => 'UF_LPU',
        'field_emias_id' => 'UF_EMIAS',
        'field_specialty' => 'UF_SPECIALTY',
        'api_key' => 'egw_1_secretkey',
        'feed_key' => 'secretfeed',
        'feed_key_next' => 'secretnext',
    ];
    private const STATUS = [
        'status' => 'ok',
        'emias' => '<b>up</b>',
        'sync' => ['doctors' => 7, 'lagging' => 1, 'oldest_as_of' => '2026-11-23T10:00:00+03:00'],
    ];

    private FakeTransport $transport;

    protected function setUp(): void
    {
        Application::reset();
        Option::$values = [];
        ServiceLocator::getInstance()->forget();
        $this->transport = new FakeTransport();
        ServiceLocator::getInstance()->addInstance('emias.gateway.transport', $this->transport);
        Option::set(Settings::MODULE, 'gateway_url', 'https://old.test');
        (new Settings())->keep('api_key', 'egw_0_older');
    }

    protected function tearDown(): void
    {
        ServiceLocator::getInstance()->forget();
        Option::$values = [];
    }

    public function testEachSettingIsSaved(): void
    {
        $this->transport->json(200, self::STATUS);
        $page = $this->send(self::FORM);
        $settings = new Settings();
        self::assertStringContainsString('Настройки сохранены', $page->said());
        foreach (Settings::TEXTS as $name) {
            self::assertSame(rtrim(self::FORM[$name], '/'), $settings->text($name));
            self::assertStringContainsString(sprintf('name="%s"', $name), $page->html);
        }
        self::assertSame('egw_1_secretkey', $settings->apiKey());
        self::assertSame(['secretfeed', 'secretnext'], $settings->feedKeys());
        self::assertSame(array_keys(self::FORM), [...Settings::TEXTS, ...Settings::KEYS]);
    }

    public function testKeysAreKeptEncryptedAndNeverShown(): void
    {
        $this->transport->json(200, self::STATUS);
        $page = $this->send(self::FORM);
        self::assertStringNotContainsString('secret', $page->html . json_encode(Option::$values));
        self::assertSame(3, preg_match_all('/<input type="password"[^>]* value=""/', $page->html));
        self::assertSame(3, substr_count($page->html, 'задан; новый заменит его'));
    }

    public function testAStrangersFormSavesNothing(): void
    {
        $this->transport->json(200, self::STATUS);
        $page = $this->send(['sessid' => 'guessed'] + self::FORM);
        self::assertSame(['https://old.test', 'egw_0_older'], [(new Settings())->gatewayUrl(), (new Settings())->apiKey()]);
        self::assertSame('', $page->said());
    }

    public function testWithoutTheRightThereIsNoPage(): void
    {
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('AuthForm');
        (new AdminPage('R'))->run(self::page(...), self::FORM);
    }

    public function testAWrongSettingIsNamedAndTheOthersAreSaved(): void
    {
        $this->transport->json(200, self::STATUS);
        $page = $this->send(['gateway_url' => 'ftp://x', 'api_key' => 'not a key'] + self::FORM);
        self::assertStringContainsString('Адрес шлюза', $page->said());
        self::assertSame(2, substr_count($page->said(), 'Не сохранено'));
        self::assertSame(['https://old.test', '12'], [(new Settings())->gatewayUrl(), (new Settings())->text('source_id')]);
    }

    public function testHealthIsShownEscaped(): void
    {
        $this->transport->json(200, self::STATUS);
        $page = (new AdminPage())->run(self::page(...));
        self::assertStringContainsString('&lt;b&gt;up&lt;/b&gt;', $page->html);
        foreach (['Шлюз', 'Врачей в шлюзе', 'Самое старое расписание', 'Часы сайта', 'Изменений ждут отправки'] as $line) {
            self::assertStringContainsString($line, $page->html);
        }
        self::assertStringContainsString('2026-11-23T10:00:00+03:00', $page->html);
    }

    public function testASilentGatewayIsALineOfThePage(): void
    {
        $this->transport->fails('timed out', false, 3);
        $page = (new AdminPage())->run(self::page(...));
        self::assertStringContainsString('gateway_unavailable', $page->html);
        self::assertStringContainsString('Изменений ждут отправки', $page->html);
        self::assertStringContainsString('https://old.test', $page->html);
    }

    /**
     * @param array<string, string> $form
     */
    private function send(array $form): AdminPage
    {
        return (new AdminPage())->run(self::page(...), $form);
    }

    private static function page(): void
    {
        include dirname(__DIR__, 3) . '/bitrix/local/modules/emias.gateway/options.php';
    }
}
