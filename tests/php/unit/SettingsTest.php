<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Main\Config\Configuration;
use Bitrix\Main\Config\Option;
use Bitrix\Main\Security\SecurityException;
use Emias\Gateway\Admin\SettingsForm;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Config\WrongSetting;
use PHPUnit\Framework\TestCase;

final class SettingsTest extends TestCase
{
    private Settings $settings;

    protected function setUp(): void
    {
        Option::$values = [];
        $this->settings = new Settings();
    }

    public function testAKeyIsKeptEncryptedAndReadBack(): void
    {
        $this->settings->keep('api_key', ' egw_1_secret ');
        self::assertSame('egw_1_secret', $this->settings->apiKey());
        self::assertStringNotContainsString('secret', Option::get(Settings::MODULE, 'api_key'));
    }

    public function testAnotherCryptoKeyOpensNothing(): void
    {
        $this->settings->keep('api_key', 'egw_1_secret');
        $before = Configuration::$values;
        Configuration::$values = ['crypto' => ['crypto_key' => 'another']];
        $opened = $this->settings->apiKey();
        Configuration::$values = $before;
        self::assertSame('', $opened);
    }

    public function testWithoutACryptoKeyNothingIsKept(): void
    {
        $before = Configuration::$values;
        Configuration::$values = [];
        try {
            $this->settings->keep('api_key', 'egw_1_secret');
            self::fail('a refusal was expected');
        } catch (SecurityException) {
            self::assertSame('', Option::get(Settings::MODULE, 'api_key'));
        } finally {
            Configuration::$values = $before;
        }
    }

    /**
     * @dataProvider addresses
     */
    public function testAKeyGoesOverTlsOrToThisMachine(string $address, bool $isGood): void
    {
        if (!$isGood) {
            $this->expectException(WrongSetting::class);
        }
        $this->settings->save('gateway_url', $address);
        self::assertSame(rtrim($address, '/'), $this->settings->gatewayUrl());
    }

    public static function addresses(): array
    {
        return [
            ['https://gateway.clinic.ru/', true],
            ['http://127.0.0.1:8080', true],
            ['http://gateway.clinic.ru', false],
            ['https://user:pass@gateway.clinic.ru', false],
            ['gateway.clinic.ru', false],
            ['javascript:alert(1)', false],
        ];
    }

    public function testTheFormNeverShowsAKeyAndEscapesTheRest(): void
    {
        $form = new SettingsForm($this->settings);
        $wrong = $form->save([
            'api_key' => 'egw_1_secret',
            'feed_key' => 'feed-secret',
            'source_id' => '"><script>alert(1)</script>',
            'source' => 'nowhere',
        ]);
        self::assertSame(['Не сохранено, значение не подходит: Где хранятся врачи'], $wrong);
        $html = implode('', $form->rows());
        self::assertStringNotContainsString('secret', $html);
        self::assertStringNotContainsString('<script>', $html);
        self::assertStringContainsString('задан; новый заменит его', $html);
        $form->save(['api_key' => '', 'feed_key' => '-']);
        self::assertSame(['egw_1_secret', []], [$this->settings->apiKey(), $this->settings->feedKeys()]);
    }

    public function testVisitorsAreNamedByASecretThatIsMadeOnce(): void
    {
        $secret = $this->settings->visitorSecret();
        self::assertSame(64, strlen($secret));
        self::assertSame($secret, (new Settings())->visitorSecret());
    }
}
